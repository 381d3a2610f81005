@section:21
Feature: Lead time for changes
  It is the time from the first new commit of a deployment until that deployment has succeeded in production.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.4
  Rule: Every surface reports what the events of the project make up

    Scenario: The lead time of each project, recomputed from its events
      Then every surface reports the lead time that the events of each project make up

  @checklist:21.4 @writes @story
  Rule: What was told is measured as the definition says

    Scenario: A commit of 09:00 that is deployed at 13:15 took 4 h 15 min
      Given these commits were pushed
        | commit | authored         |
        | c1     | 3 days ago 09:00 |
      And these deployments
        | id | finished         | commits |
        | d1 | 3 days ago 13:15 | c1      |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | lead time                          | 4 h 15 min |
        | level of the lead time             | high       |
        | lead times of all time             | 1          |
        | lead time in all, in seconds       | 15300 s    |
        | lead times of at most an hour      | 0          |
        | lead times of at most a day        | 1          |

    Scenario: The earliest of the new commits counts, by the time at which it was authored
      Given these commits were pushed
        | commit | authored         | committed        |
        | c1     | 3 days ago 06:00 | 3 days ago 11:30 |
        | c2     | 3 days ago 11:00 |                  |
        | c3     | 3 days ago 11:45 |                  |
      And these deployments
        | id | finished         | commits    |
        | d1 | 3 days ago 12:00 | c1, c2, c3 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments            | 1   |
        | lead time              | 6 h |
        | lead times of all time | 1   |

    Scenario: Commits of a failed deployment carry over to the next success
      Given these commits were pushed
        | commit | authored         |
        | c1     | 3 days ago 08:00 |
        | c2     | 3 days ago 10:00 |
      And these deployments
        | id | finished         | result  | commits |
        | d1 | 3 days ago 09:00 | failure | c1      |
        | d2 | 3 days ago 11:00 | success | c1, c2  |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | lead time              | 3 h  |
        | lead times of all time | 1    |
        | change failure rate    | 50 % |

    Scenario: A rollback is a deployment and no change
      Given these commits were pushed
        | commit | authored         |
        | c1     | 4 days ago 08:00 |
        | c2     | 3 days ago 08:00 |
      And these deployments
        | id | finished         | commits |
        | d1 | 4 days ago 09:00 | c1      |
        | d2 | 3 days ago 11:00 | c1, c2  |
        | d3 | 2 days ago 12:00 | c1      |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments            | 3   |
        | lead time              | 2 h |
        | lead times of all time | 2   |

    Scenario: Each repository has a line of its own
      Given these commits were pushed
        | commit | authored         | repository |
        | c1     | 4 days ago 08:00 | web        |
        | c1     | 4 days ago 08:00 | api        |
      And these deployments
        | id | finished         | commits | repository |
        | d1 | 4 days ago 09:00 | c1      | web        |
        | d2 | 4 days ago 11:00 | c1      | api        |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | lead time              | 2 h |
        | lead times of all time | 2   |

    Scenario: A first deployment that lists no commits gives no sample
      Given these commits were pushed
        | commit | authored         |
        | d1     | 4 days ago 08:00 |
      And these deployments
        | id | finished         |
        | d1 | 4 days ago 09:00 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments            | 1       |
        | lead time              | no data |
        | lead times of all time | 0       |

    Scenario: A commit authored after the finish is left out
      Given these commits were pushed
        | commit | authored         |
        | c1     | 3 days ago 10:00 |
        | c2     | 3 days ago 11:00 |
      And these deployments
        | id | finished         | commits |
        | d1 | 3 days ago 09:00 | c1      |
        | d2 | 3 days ago 12:00 | c1, c2  |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | lead time              | 1 h |
        | lead times of all time | 1   |

    Scenario: Exactly an hour is high, not elite
      Given these commits were pushed
        | commit | authored         |
        | c1     | 3 days ago 09:00 |
      And these deployments
        | id | finished         | commits |
        | d1 | 3 days ago 10:00 | c1      |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | lead time              | 60 min |
        | level of the lead time | high   |

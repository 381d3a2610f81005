@section:21
Feature: Lead time for changes
  The lead time for changes is the time from authoring the first new commit of a deployment to finishing that deployment
  in production. Only successful deployments have one.

  @checklist:21.4
  Rule: Every surface reports the value recomputed from each project's events

    Background:
      Given the events of the projects can be read and compared

    Scenario: The reported lead time matches the events of every project
      Then every surface reports the lead time recomputed from each project's events

  @checklist:21.4 @writes @story
  Rule: The lead time is measured as the definition says

    Background:
      Given the events of the projects can be read
      And every surface that reports metrics can be read

    Scenario: A commit authored at 09:00 and deployed at 13:15 has a lead time of 4 h 15 min
      Given these commits were pushed
        | commit | authored            |
        | c1     | 3 days ago at 09:00 |
      And these deployments were reported
        | id | finished            | commits |
        | d1 | 3 days ago at 13:15 | c1      |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | lead time                | 4 h 15 min |
        | lead time level          | high       |
        | all-time lead times      | 1          |
        | sum of all lead times    | 15300 s    |
        | lead times up to an hour | 0          |
        | lead times up to a day   | 1          |

    Scenario: The lead time starts when the earliest new commit was authored
      Given these commits were pushed
        | commit | authored            | committed           |
        | c1     | 3 days ago at 06:00 | 3 days ago at 11:30 |
        | c2     | 3 days ago at 11:00 |                     |
        | c3     | 3 days ago at 11:45 |                     |
      And these deployments were reported
        | id | finished            | commits    |
        | d1 | 3 days ago at 12:00 | c1, c2, c3 |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployments         | 1   |
        | lead time           | 6 h |
        | all-time lead times | 1   |

    Scenario: Commits of a failed deployment carry over to the next success
      Given these commits were pushed
        | commit | authored            |
        | c1     | 3 days ago at 08:00 |
        | c2     | 3 days ago at 10:00 |
      And these deployments were reported
        | id | finished            | result  | commits |
        | d1 | 3 days ago at 09:00 | failure | c1      |
        | d2 | 3 days ago at 11:00 | success | c1, c2  |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | lead time           | 3 h  |
        | all-time lead times | 1    |
        | change failure rate | 50 % |

    Scenario: Deployments ship in the order in which they finished, whatever their ids
      Given these commits were pushed
        | commit | authored            |
        | c1     | 3 days ago at 08:00 |
        | c2     | 3 days ago at 10:00 |
      And these deployments were reported
        | id  | finished            | commits |
        | d9  | 3 days ago at 09:00 | c1      |
        | d10 | 3 days ago at 11:00 | c1, c2  |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | lead time           | 1 h |
        | all-time lead times | 2   |

    Scenario: A rollback is a deployment without a lead time
      Given these commits were pushed
        | commit | authored            |
        | c1     | 4 days ago at 08:00 |
        | c2     | 3 days ago at 08:00 |
      And these deployments were reported
        | id | finished            | commits |
        | d1 | 4 days ago at 09:00 | c1      |
        | d2 | 3 days ago at 11:00 | c1, c2  |
        | d3 | 2 days ago at 12:00 | c1      |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployments         | 3   |
        | lead time           | 2 h |
        | all-time lead times | 2   |

    Scenario: A commit counts separately in each repository
      Given these commits were pushed
        | commit | authored            | repository |
        | c1     | 4 days ago at 08:00 | web        |
        | c1     | 4 days ago at 08:00 | api        |
      And these deployments were reported
        | id | finished            | commits | repository |
        | d1 | 4 days ago at 09:00 | c1      | web        |
        | d2 | 4 days ago at 11:00 | c1      | api        |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | lead time           | 2 h |
        | all-time lead times | 2   |

    Scenario: A first deployment that lists no commits has no lead time
      Given these commits were pushed
        | commit | authored            |
        | d1     | 4 days ago at 08:00 |
      And these deployments were reported
        | id | finished            |
        | d1 | 4 days ago at 09:00 |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployments         | 1       |
        | lead time           | no data |
        | all-time lead times | 0       |

    Scenario: A commit authored after its deployment finished is left out
      Given these commits were pushed
        | commit | authored            |
        | c1     | 3 days ago at 10:00 |
        | c2     | 3 days ago at 11:00 |
      And these deployments were reported
        | id | finished            | commits |
        | d1 | 3 days ago at 09:00 | c1      |
        | d2 | 3 days ago at 12:00 | c1, c2  |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | lead time           | 1 h |
        | all-time lead times | 1   |

    Scenario: A lead time of exactly one hour is high, not elite
      Given these commits were pushed
        | commit | authored            |
        | c1     | 3 days ago at 09:00 |
      And these deployments were reported
        | id | finished            | commits |
        | d1 | 3 days ago at 10:00 | c1      |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | lead time       | 60 min |
        | lead time level | high   |

@section:21
Feature: Mean time to restore
  It is the time from the creation of a production incident until it was resolved. Open incidents are not in it.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.6
  Rule: Every surface reports what the events of the project make up

    Scenario: The time to restore of each project, recomputed from its events
      Then every surface reports the time to restore that the events of each project make up

  @checklist:21.6 @writes @story
  Rule: What was told is measured as the definition says

    Scenario: An incident of 14:00 that is restored at 14:45 took 45 min
      Given these incidents
        | id | created          | resolved         |
        | i1 | 3 days ago 14:00 | 3 days ago 14:45 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | time to restore                    | 45 min |
        | level of the time to restore       | elite  |
        | restored incidents                 | 1      |
        | restorations of all time           | 1      |
        | time to restore in all, in seconds | 2700 s |
        | restorations of at most an hour    | 1      |

    Scenario: All severities count, open incidents do not, and what went elsewhere does not
      Given these incidents
        | id | created          | resolved         | severity | environment |
        | i1 | 3 days ago 10:00 | 3 days ago 10:10 | low      | production  |
        | i2 | 3 days ago 11:00 | 3 days ago 11:50 | critical | production  |
        | i3 | 3 days ago 12:00 |                  | high     | production  |
        | i4 | 3 days ago 13:00 | 3 days ago 19:00 | high     | staging     |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | time to restore    | 30 min |
        | restored incidents | 2      |

    Scenario: It counts where it was restored, for as long as it lasted
      Given these incidents
        | id | created          | resolved         |
        | i1 | 5 days ago 20:00 | 3 days ago 08:00 |
        | i2 | 3 days ago 20:00 | 2 days ago 08:00 |
      And the service has collected the data
      Then over 3 days ago 00:00 to 2 days ago 00:00 every surface reports
        | time to restore    | 36 h |
        | restored incidents | 1    |

    Scenario: Restored at once is 0 minutes, restored before it began is left out
      Given these incidents
        | id | created          | resolved         |
        | i1 | 3 days ago 10:00 | 3 days ago 10:00 |
        | i2 | 3 days ago 11:00 | 3 days ago 10:30 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | time to restore              | 0 min |
        | level of the time to restore | elite |
        | restored incidents           | 1     |

    Scenario: Reopened and resolved again, the last resolution counts
      Given these incidents
        | id | created          | resolved         |
        | i1 | 3 days ago 10:00 | 3 days ago 10:30 |
        | i1 | 3 days ago 10:00 | 3 days ago 12:00 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | time to restore    | 2 h |
        | restored incidents | 1   |

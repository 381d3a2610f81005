@section:21
Feature: Mean time to restore
  The time to restore is the time from the creation of a production incident to its resolution. Open incidents do not
  count.

  @checklist:21.6
  Rule: Every surface reports the value recomputed from each project's events

    Background:
      Given the events of the projects can be read and compared

    Scenario: The reported time to restore matches the events of every project
      Then every surface reports the time to restore recomputed from each project's events

  @checklist:21.6 @writes @story
  Rule: The time to restore is measured as the definition says

    Background:
      Given the events of the projects can be read
      And every surface that reports metrics can be read

    Scenario: An incident created at 14:00 and resolved at 14:45 has a time to restore of 45 min
      Given these incidents were reported
        | id | created             | resolved            |
        | i1 | 3 days ago at 14:00 | 3 days ago at 14:45 |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | time to restore                   | 45 min |
        | time to restore level             | elite  |
        | resolved incidents                | 1      |
        | all-time resolved incidents       | 1      |
        | sum of all times to restore       | 2700 s |
        | incidents resolved within an hour | 1      |

    Scenario: All severities count, but open and non-production incidents do not
      Given these incidents were reported
        | id | created             | resolved            | severity | environment |
        | i1 | 3 days ago at 10:00 | 3 days ago at 10:10 | low      | production  |
        | i2 | 3 days ago at 11:00 | 3 days ago at 11:50 | critical | production  |
        | i3 | 3 days ago at 12:00 |                     | high     | production  |
        | i4 | 3 days ago at 13:00 | 3 days ago at 19:00 | high     | staging     |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | time to restore    | 30 min |
        | resolved incidents | 2      |

    Scenario: An incident counts when it is resolved, with its full duration
      Given these incidents were reported
        | id | created             | resolved            |
        | i1 | 5 days ago at 20:00 | 3 days ago at 08:00 |
        | i2 | 3 days ago at 20:00 | 2 days ago at 08:00 |
      When the service has collected the data
      Then from 3 days ago at 00:00 to 2 days ago at 00:00, every surface reports
        | time to restore    | 36 h |
        | resolved incidents | 1    |

    Scenario: An incident resolved at once took 0 minutes; one resolved before it was created is left out
      Given these incidents were reported
        | id | created             | resolved            |
        | i1 | 3 days ago at 10:00 | 3 days ago at 10:00 |
        | i2 | 3 days ago at 11:00 | 3 days ago at 10:30 |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | time to restore       | 0 min |
        | time to restore level | elite |
        | resolved incidents    | 1     |

    Scenario: A reopened incident lasts until its last resolution
      Given these incidents were reported
        | id | created             | resolved            |
        | i1 | 3 days ago at 10:00 | 3 days ago at 10:30 |
        | i1 | 3 days ago at 10:00 | 3 days ago at 12:00 |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | time to restore    | 2 h |
        | resolved incidents | 1   |

@section:21
Feature: Deployment frequency
  The deployment frequency is the number of successful production deployments per day. Failed, aborted and non-production
  deployments do not count.

  @checklist:21.3
  Rule: Every surface reports the value recomputed from each project's events

    Background:
      Given the events of the projects can be read and compared

    Scenario: The reported deployment frequency matches the events of every project
      Then every surface reports the deployment frequency recomputed from each project's events

  @checklist:21.3 @writes @story
  Rule: Reported deployments count as the definition says

    Background:
      Given the events of the projects can be read
      And every surface that reports metrics can be read

    Scenario: Ten deployments in a week are 1.43 a day
      Given these deployments were reported
        | id | finished            | times | every |
        | d  | 6 days ago at 06:00 | 10    | 12 h  |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployment frequency       | 1.43 a day |
        | deployments                | 10         |
        | deployment frequency level | elite      |
        | all-time deployments       | 10         |

    Scenario: A project without deployments reports no data instead of an error
      Given these incidents were reported
        | id | created             | environment |
        | i1 | 3 days ago at 09:00 | staging     |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployment frequency       | no data |
        | deployment frequency level | no data |
        | lead time                  | no data |
        | change failure rate        | no data |
        | time to restore            | no data |

    Scenario: Failed deployments alone give frequency 0 and a 100 % change failure rate
      Given these deployments were reported
        | id | finished            | result  |
        | d1 | 3 days ago at 09:00 | failure |
        | d2 | 2 days ago at 09:00 | failure |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployment frequency       | 0 a day |
        | deployment frequency level | no data |
        | lead time                  | no data |
        | change failure rate        | 100 %   |
        | all-time deployments       | 0       |

    Scenario: Aborted, running and non-production deployments count in no metric
      Given these deployments were reported
        | id | finished            | result  | environment |
        | d1 | 3 days ago at 09:00 | success | PRODUCTION  |
        | d2 | 3 days ago at 10:00 | aborted | production  |
        | d3 |                     | running | production  |
        | d4 | 3 days ago at 12:00 | success | staging     |
        | d5 | 3 days ago at 13:00 | success | none        |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployments           | 1   |
        | completed deployments | 1   |
        | change failure rate   | 0 % |

    Scenario: A time range includes its start and excludes its end
      Given these deployments were reported
        | id | started             | finished                   |
        | d1 | 4 days ago at 23:00 | 3 days ago at 00:00        |
        | d2 | 3 days ago at 23:00 | 3 days ago at 23:59:59.999 |
        | d3 | 2 days ago at 00:00 | 2 days ago at 00:00        |
      When the service has collected the data
      Then from 3 days ago at 00:00 to 2 days ago at 00:00, every surface reports
        | deployment frequency | 2 a day |
        | deployments          | 2       |

    Scenario: Days begin and end in UTC
      Given these deployments were reported
        | id | finished                   |
        | d1 | 3 days ago at 01:00 +02:00 |
        | d2 | 4 days ago at 23:59:59.999 |
        | d3 | 3 days ago at 00:00        |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployments by day | 4 days ago: 2, 3 days ago: 1 |

    Scenario: The turn of the year and the end of February are days like any other
      Given these deployments were reported
        | id | finished                                |
        | d1 | the last 31 December at 23:59:59.999    |
        | d2 | the last 1 January at 00:00             |
        | d3 | the last day of February at 23:59:59.999 |
      When the service has collected the data
      Then from the last 31 December at 00:00 to the last 2 January at 00:00, every surface reports
        | deployment frequency | 1 a day                                        |
        | deployments          | 2                                              |
        | deployments by day   | the last 31 December: 1, the last 1 January: 1 |
        | all-time deployments | 3                                              |
      And from the last day of February at 00:00 to the last 2 March at 00:00, every surface reports
        | deployment frequency | 0.5 a day                  |
        | deployments by day   | the last day of February: 1 |

    Scenario: Deployments with the same id in two projects are two deployments
      Given these deployments were reported
        | id | finished            | result  | project |
        | d1 | 3 days ago at 09:00 | success |         |
        | d1 | 3 days ago at 10:00 | failure | other   |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | deployments         | 1   |
        | change failure rate | 0 % |

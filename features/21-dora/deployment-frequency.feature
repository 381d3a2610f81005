@section:21
Feature: Deployment frequency
  It is the successful production deployments per day of the window. What failed, was aborted or went elsewhere is none.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.3
  Rule: Every surface reports what the events of the project make up

    Scenario: The deployment frequency of each project, recomputed from its events
      Then every surface reports the deployment frequency that the events of each project make up

  @checklist:21.3 @writes @story
  Rule: What was told is counted as the definition says

    Scenario: 10 successes in 7 days are 1.43 a day
      Given these deployments
        | id | finished         | times | every |
        | d  | 6 days ago 06:00 | 10    | 12 h  |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployment frequency              | 1.43 a day |
        | deployments                       | 10         |
        | level of the deployment frequency | elite      |
        | deployments of all time           | 10         |

    Scenario: A project without deployments has no frequency, and that is no error
      Given these incidents
        | id | created          | environment |
        | i1 | 3 days ago 09:00 | staging     |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployment frequency              | no data |
        | level of the deployment frequency | no data |
        | lead time                         | no data |
        | change failure rate               | no data |
        | time to restore                   | no data |

    Scenario: Only failures are no deployments, and all of them failed
      Given these deployments
        | id | finished         | result  |
        | d1 | 3 days ago 09:00 | failure |
        | d2 | 2 days ago 09:00 | failure |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployment frequency              | 0 a day |
        | level of the deployment frequency | no data |
        | lead time                         | no data |
        | change failure rate               | 100 %   |
        | deployments of all time           | 0       |

    Scenario: What was aborted, still runs, or went elsewhere is in no metric
      Given these deployments
        | id | finished         | result  | environment |
        | d1 | 3 days ago 09:00 | success | PRODUCTION  |
        | d2 | 3 days ago 10:00 | aborted | production  |
        | d3 |                  | running | production  |
        | d4 | 3 days ago 12:00 | success | staging     |
        | d5 | 3 days ago 13:00 | success | none        |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments         | 1   |
        | judged deployments  | 1   |
        | change failure rate | 0 % |

    Scenario: A window holds its start and not its end
      Given these deployments
        | id | started          | finished                |
        | d1 | 4 days ago 23:00 | 3 days ago 00:00        |
        | d2 | 3 days ago 23:00 | 3 days ago 23:59:59.999 |
        | d3 | 2 days ago 00:00 | 2 days ago 00:00        |
      And the service has collected the data
      Then over 3 days ago 00:00 to 2 days ago 00:00 every surface reports
        | deployment frequency | 2 a day |
        | deployments          | 2       |

    Scenario: The day is that of UTC
      Given these deployments
        | id | finished                |
        | d1 | 3 days ago 01:00 +02:00 |
        | d2 | 4 days ago 23:59:59.999 |
        | d3 | 3 days ago 00:00        |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments by day | 4 days ago: 2, 3 days ago: 1 |

    Scenario: The same id in two projects is two deployments
      Given these deployments
        | id | finished         | result  | project |
        | d1 | 3 days ago 09:00 | success |         |
        | d1 | 3 days ago 10:00 | failure | other   |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments         | 1   |
        | change failure rate | 0 % |

@section:21
Feature: Change failure rate
  Of the production deployments that came to an end it is the share that failed, or that an incident is due to.

  Background:
    Given the events of the projects can be read
    And every surface of the metrics can be read

  @checklist:21.5
  Rule: Every surface reports what the events of the project make up

    Scenario: The change failure rate of each project, recomputed from its events
      Then every surface reports the change failure rate that the events of each project make up

  @checklist:21.5 @writes @story
  Rule: What was told is judged as the definition says

    Scenario: 20 deployments in 30 days, 2 of them with an incident, are 10 % and high
      Given these deployments
        | id | finished          | times | every |
        | d  | 21 days ago 09:00 | 20    | 24 h  |
      And these incidents
        | id | created           | deployment |
        | i1 | 20 days ago 09:30 | d-2        |
        | i2 | 10 days ago 09:30 |            |
      And the service has collected the data
      Then over the last 30 days every surface reports
        | change failure rate              | 10 % |
        | level of the change failure rate | high |
        | judged deployments               | 20   |
        | failed deployments               | 2    |
        | change failure ratio             | 0.1  |

    Scenario: A failure that also has incidents is one failure
      Given these deployments
        | id | finished         | result  |
        | d1 | 3 days ago 09:00 | failure |
        | d2 | 3 days ago 10:00 | success |
        | d3 | 3 days ago 11:00 | success |
        | d4 | 3 days ago 12:00 | success |
      And these incidents
        | id | created          | resolved         | deployment |
        | i1 | 3 days ago 09:30 | 3 days ago 09:45 | d1         |
        | i2 | 3 days ago 10:10 | 3 days ago 10:20 | d2         |
        | i3 | 3 days ago 10:15 | 3 days ago 10:35 | d2         |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | change failure rate | 50 %   |
        | failed deployments  | 2      |
        | restored incidents  | 3      |
        | time to restore     | 15 min |

    Scenario: An incident is due to the latest success strictly before it, unless it names another one
      Given these deployments
        | id | finished         | result  |
        | d1 | 3 days ago 09:00 | success |
        | d2 | 3 days ago 10:00 | success |
        | d3 | 3 days ago 11:00 | failure |
        | d4 | 3 days ago 12:00 | success |
      And these incidents
        | id | created          | deployment |
        | i1 | 3 days ago 10:00 |            |
        | i2 | 3 days ago 11:30 |            |
        | i3 | 3 days ago 12:30 | d1         |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | failed deployments  | 3    |
        | change failure rate | 75 % |

    Scenario: An incident at the very instant of a finish is due to the deployment before
      Given these deployments
        | id | finished         |
        | d1 | 3 days ago 09:00 |
        | d2 | 3 days ago 10:00 |
        | d3 | 3 days ago 11:00 |
      And these incidents
        | id | created          |
        | i1 | 3 days ago 10:00 |
        | i2 | 3 days ago 10:30 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | judged deployments | 3 |
        | failed deployments | 2 |

    Scenario: An incident after the end of the window still counts for its deployment
      Given these deployments
        | id | finished         |
        | d1 | 4 days ago 09:00 |
      And these incidents
        | id | created          | resolved         |
        | i1 | 3 days ago 09:00 | 3 days ago 09:30 |
      And the service has collected the data
      Then over 4 days ago 00:00 to 3 days ago 00:00 every surface reports
        | change failure rate | 100 %   |
        | time to restore     | no data |

    Scenario: An open incident counts, and one before any deployment does not
      Given these deployments
        | id | finished         |
        | d1 | 3 days ago 09:00 |
        | d2 | 3 days ago 10:00 |
      And these incidents
        | id | created          | resolved         |
        | i1 | 3 days ago 08:00 | 3 days ago 08:45 |
        | i2 | 3 days ago 10:30 |                  |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | failed deployments  | 1      |
        | change failure rate | 50 %   |
        | restored incidents  | 1      |
        | time to restore     | 45 min |

@section:21
Feature: Change failure rate
  The change failure rate is the share of production deployments that failed or that an incident is attributed to. Only
  completed deployments count: those that succeeded or failed.

  @checklist:21.5
  Rule: Every surface reports the value recomputed from each project's events

    Background:
      Given the events of the projects can be read and compared

    Scenario: The reported change failure rate matches the events of every project
      Then every surface reports the change failure rate recomputed from each project's events

  @checklist:21.5 @writes @story
  Rule: Reported deployments and incidents count as the definition says

    Background:
      Given the events of the projects can be read
      And every surface that reports metrics can be read

    Scenario: Incidents in 2 of 20 deployments give a change failure rate of 10 %, which is high
      Given these deployments were reported
        | id | finished             | times | every |
        | d  | 21 days ago at 09:00 | 20    | 24 h  |
      And these incidents were reported
        | id | created              | deployment |
        | i1 | 20 days ago at 09:30 | d-2        |
        | i2 | 10 days ago at 09:30 |            |
      When the service has collected the data
      Then over the last 30 days, every surface reports
        | change failure rate       | 10 % |
        | change failure rate level | high |
        | completed deployments     | 20   |
        | failed deployments        | 2    |
        | change failure ratio      | 0.1  |

    Scenario: A deployment counts as failed once, however many incidents it has
      Given these deployments were reported
        | id | finished            | result  |
        | d1 | 3 days ago at 09:00 | failure |
        | d2 | 3 days ago at 10:00 | success |
        | d3 | 3 days ago at 11:00 | success |
        | d4 | 3 days ago at 12:00 | success |
      And these incidents were reported
        | id | created             | resolved            | deployment |
        | i1 | 3 days ago at 09:30 | 3 days ago at 09:45 | d1         |
        | i2 | 3 days ago at 10:10 | 3 days ago at 10:20 | d2         |
        | i3 | 3 days ago at 10:15 | 3 days ago at 10:35 | d2         |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | change failure rate | 50 %   |
        | failed deployments  | 2      |
        | resolved incidents  | 3      |
        | time to restore     | 15 min |

    Scenario: An incident is attributed to the last success before it, unless it names a deployment
      Given these deployments were reported
        | id | finished            | result  |
        | d1 | 3 days ago at 09:00 | success |
        | d2 | 3 days ago at 10:00 | success |
        | d3 | 3 days ago at 11:00 | failure |
        | d4 | 3 days ago at 12:00 | success |
      And these incidents were reported
        | id | created             | deployment |
        | i1 | 3 days ago at 10:00 |            |
        | i2 | 3 days ago at 11:30 |            |
        | i3 | 3 days ago at 12:30 | d1         |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | failed deployments  | 3    |
        | change failure rate | 75 % |

    Scenario: An incident created the moment a deployment finishes is attributed to the one before
      Given these deployments were reported
        | id | finished            |
        | d1 | 3 days ago at 09:00 |
        | d2 | 3 days ago at 10:00 |
        | d3 | 3 days ago at 11:00 |
      And these incidents were reported
        | id | created             |
        | i1 | 3 days ago at 10:00 |
        | i2 | 3 days ago at 10:30 |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | completed deployments | 3 |
        | failed deployments    | 2 |

    Scenario: An incident after the end of the time range still counts against its deployment
      Given these deployments were reported
        | id | finished            |
        | d1 | 4 days ago at 09:00 |
      And these incidents were reported
        | id | created             | resolved            |
        | i1 | 3 days ago at 09:00 | 3 days ago at 09:30 |
      When the service has collected the data
      Then from 4 days ago at 00:00 to 3 days ago at 00:00, every surface reports
        | change failure rate | 100 %   |
        | time to restore     | no data |

    Scenario: An open incident counts, but one before the first deployment does not
      Given these deployments were reported
        | id | finished            |
        | d1 | 3 days ago at 09:00 |
        | d2 | 3 days ago at 10:00 |
      And these incidents were reported
        | id | created             | resolved            |
        | i1 | 3 days ago at 08:00 | 3 days ago at 08:45 |
        | i2 | 3 days ago at 10:30 |                     |
      When the service has collected the data
      Then over the last 7 days, every surface reports
        | failed deployments  | 1      |
        | change failure rate | 50 %   |
        | resolved incidents  | 1      |
        | time to restore     | 45 min |

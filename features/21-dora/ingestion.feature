@section:21 @writes @story
Feature: Ingestion
  What happened is told to the webhooks of the service, once and again, late and out of order. What fits is taken, whatever
  does not fit is refused, and nothing of it is stored.

  @checklist:21.1
  Rule: Data is ingested from ArgoCD, GitHub and the incident management

    Scenario: A sync is a deployment, a change of health is none
      When these events of ArgoCD
        | event          | revision | started          | finished         |
        | sync_succeeded | c1       | 3 days ago 09:00 | 3 days ago 09:05 |
        | sync_failed    | c2       | 2 days ago 09:00 | 2 days ago 09:05 |
        | health_change  | c2       | 2 days ago 10:00 | 2 days ago 10:01 |
      And the service has collected the data
      Then these deployments are stored
        | result  | finished         |
        | SUCCESS | 3 days ago 09:05 |
        | FAILURE | 2 days ago 09:05 |
      And over the last 7 days every surface reports
        | deployments         | 1    |
        | change failure rate | 50 % |

    Scenario: A deployment of a pipeline is stored with its result, its environment and its finish
      When these deployments
        | id | finished         | result  | environment |
        | d1 | 3 days ago 09:00 | success | production  |
        | d2 | 3 days ago 10:00 | failure | staging     |
        | d3 | 3 days ago 11:00 | aborted | production  |
      And the service has collected the data
      Then these deployments are stored
        | result  | environment | finished         |
        | SUCCESS | production  | 3 days ago 09:00 |
        | FAILURE | staging     | 3 days ago 10:00 |
        | ABORTED | production  | 3 days ago 11:00 |

    Scenario: The same event twice is one, and the later state of it counts
      When these deployments
        | id | finished         | result  |
        | d1 | 3 days ago 09:00 | failure |
        | d1 | 3 days ago 09:00 | failure |
        | d1 | 3 days ago 09:30 | success |
      And the service has collected the data
      Then these deployments are stored
        | result  | finished         |
        | SUCCESS | 3 days ago 09:30 |
      And over the last 7 days every surface reports
        | deployments         | 1   |
        | change failure rate | 0 % |

    Scenario: Events that arrive late are seen after the next collection
      When these deployments
        | id | finished         | commits |
        | d2 | 2 days ago 09:00 | c1, c2  |
      And these commits were pushed
        | commit | authored         |
        | c1     | 3 days ago 07:00 |
        | c2     | 2 days ago 08:00 |
      And these deployments, a collection later
        | id | finished         | commits |
        | d1 | 3 days ago 09:00 | c1      |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | deployments            | 2          |
        | lead time              | 1 h 30 min |
        | lead times of all time | 2          |

    Scenario: An event that does not fit is refused, naming its field
      When these malformed events
        | webhook     | field         | value       |
        | deployments | deployment_id |             |
        | deployments | project       |             |
        | deployments | status        | unheard-of  |
        | deployments | timestamp     | yesterday   |
        | incidents   | createdDate   |             |
        | incidents   | id            | 17          |
        | commits     | commits       | "none"      |
        | cicd        | type          | party       |
      And the service has collected the data
      Then each of them was refused with 400
      And nothing of it is stored

    @webhook-secret
    Scenario: An event whose signature does not fit is refused
      When these events with a signature that does not fit
        | webhook     | signature |
        | deployments | missing   |
        | deployments | wrong     |
        | incidents   | wrong     |
        | commits     | missing   |
      And the service has collected the data
      Then each of them was refused with 401
      And nothing of it is stored

  @checklist:21.2
  Rule: Data is ingested from Jenkins

    Scenario: The rework rate of each project, recomputed from its builds
      Given the events of the projects can be read
      And every surface of the metrics can be read
      Then every surface reports the rework rate that the events of each project make up

    Scenario: 5 of 50 builds are repeats of the same commit and stage
      When these builds
        | commit | finished         | times | every  |
        | c#     | 4 days ago 00:00 | 45    | 30 min |
        | c#     | 3 days ago 00:00 | 5     | 30 min |
      And these builds
        | commit | type         | finished         |
        | c1     | quality_gate | 4 days ago 00:10 |
        | c1     | test_results | 4 days ago 00:20 |
      And the service has collected the data
      Then over the last 7 days every surface reports
        | rework rate   | 10 % |
        | builds        | 50   |
        | repeat builds | 5    |

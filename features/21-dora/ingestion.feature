@section:21 @writes @story
Feature: Ingestion
  Deployments, commits, incidents and builds are reported to the webhooks of the service. This section checks that valid
  events are stored even if they are late, repeated or out of order, and that invalid events are refused.

  @checklist:21.1
  Rule: Data is ingested from ArgoCD, GitHub and incident management

    Scenario: An ArgoCD sync is a deployment; a change of health is not
      When these ArgoCD events are reported
        | event          | revision | started             | finished            |
        | sync_succeeded | c1       | 3 days ago at 09:00 | 3 days ago at 09:05 |
        | sync_failed    | c2       | 2 days ago at 09:00 | 2 days ago at 09:05 |
        | health_change  | c2       | 2 days ago at 10:00 | 2 days ago at 10:01 |
      Then the service collects the data
      And exactly these deployments are stored
        | result  | finished            |
        | SUCCESS | 3 days ago at 09:05 |
        | FAILURE | 2 days ago at 09:05 |
      And over the last 7 days, every surface reports
        | deployments         | 1    |
        | change failure rate | 50 % |

    Scenario: A deployment is stored with its result, environment and finish time
      When these deployments are reported
        | id | finished            | result  | environment |
        | d1 | 3 days ago at 09:00 | success | production  |
        | d2 | 3 days ago at 10:00 | failure | staging     |
        | d3 | 3 days ago at 11:00 | aborted | production  |
      Then the service collects the data
      And exactly these deployments are stored
        | result  | environment | finished            |
        | SUCCESS | production  | 3 days ago at 09:00 |
        | FAILURE | staging     | 3 days ago at 10:00 |
        | ABORTED | production  | 3 days ago at 11:00 |

    Scenario: A deployment reported several times counts once, with its latest state
      When these deployments are reported
        | id | finished            | result  |
        | d1 | 3 days ago at 09:00 | failure |
        | d1 | 3 days ago at 09:00 | failure |
        | d1 | 3 days ago at 09:30 | success |
      Then the service collects the data
      And exactly these deployments are stored
        | result  | finished            |
        | SUCCESS | 3 days ago at 09:30 |
      And over the last 7 days, every surface reports
        | deployments         | 1   |
        | change failure rate | 0 % |

    Scenario: Late events count after the next collection
      When these deployments are reported
        | id | finished            | commits |
        | d2 | 2 days ago at 09:00 | c1, c2  |
      And these commits are pushed
        | commit | authored            |
        | c1     | 3 days ago at 07:00 |
        | c2     | 2 days ago at 08:00 |
      And these deployments are reported after the first collection
        | id | finished            | commits |
        | d1 | 3 days ago at 09:00 | c1      |
      Then the service collects the data
      And over the last 7 days, every surface reports
        | deployments         | 2          |
        | lead time           | 1 h 30 min |
        | all-time lead times | 2          |

    Scenario: A malformed event is refused, and the answer names the wrong field
      When these malformed events are reported
        | webhook     | field         | value      |
        | deployments | deployment_id |            |
        | deployments | project       |            |
        | deployments | status        | unheard-of |
        | deployments | timestamp     | yesterday  |
        | incidents   | createdDate   |            |
        | incidents   | id            | 17         |
        | commits     | commits       | "none"     |
        | cicd        | type          | party      |
      Then the service collects the data
      And each of these events was refused with status 400
      And no deployment is stored

    @webhook-secret
    Scenario: An event without a valid signature is refused
      When these events without a valid signature are reported
        | webhook     | signature |
        | deployments | missing   |
        | deployments | wrong     |
        | incidents   | wrong     |
        | commits     | missing   |
      Then the service collects the data
      And each of these events was refused with status 401
      And no deployment is stored

  @checklist:21.2
  Rule: Data is ingested from Jenkins

    Scenario: The reported rework rate matches the builds of every project
      Given the events of the projects can be read
      And every surface that reports metrics can be read
      Then every surface reports the rework rate recomputed from each project's events

    Scenario: 5 repeated builds out of 50 give a rework rate of 10 %
      When these builds are reported
        | commit | finished            | times | every  |
        | c#     | 4 days ago at 00:00 | 45    | 30 min |
        | c#     | 3 days ago at 00:00 | 5     | 30 min |
      And these builds are reported
        | commit | type         | finished            |
        | c1     | quality_gate | 4 days ago at 00:10 |
        | c1     | test_results | 4 days ago at 00:20 |
      Then the service collects the data
      And over the last 7 days, every surface reports
        | rework rate   | 10 % |
        | builds        | 50   |
        | repeat builds | 5    |

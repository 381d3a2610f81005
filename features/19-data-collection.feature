@section:19 @writes @story
Feature: Data collection
  A test deployment goes through ArgoCD like any other. This section checks that the service collects it in time, and that
  the API, the database and the dashboards show it. Without ArgoCD, deployments are reported by webhook.

  @checklist:19.1
  Scenario: A test deployment through ArgoCD succeeds
    When the test application is deployed through ArgoCD
    Then ArgoCD reports that the deployment succeeded

  @through-argocd
  Rule: A deployment through ArgoCD is collected and returned

    Background:
      Given the test application was deployed through ArgoCD

    @checklist:19.2
    Scenario: The deployment is collected in time
      Then the deployment is collected within the deadline

    @checklist:19.3
    Scenario: The API returns the deployment
      Then the API returns the deployment

    @checklist:19.4
    Scenario: The deployments table holds the deployment
      Then the deployments table holds the deployment

  @without-argocd
  Rule: Without ArgoCD, a reported deployment is collected and returned

    Background:
      Given these deployments were reported
        | id | finished           |
        | d1 | 1 day ago at 09:00 |

    @checklist:19.2
    Scenario: The reported deployment is collected in time
      Then the service collects the data
      And the deployments table holds exactly these deployments
        | result  | environment | finished           |
        | SUCCESS | production  | 1 day ago at 09:00 |

    @checklist:19.3
    Scenario: The API returns the reported deployment
      When the service has collected the data
      Then the API lists exactly these deployments
        | result  | environment | finished           |
        | SUCCESS | production  | 1 day ago at 09:00 |

    @checklist:19.4
    Scenario: The deployments table holds the reported deployment
      When the service has collected the data
      Then the deployments table holds exactly these deployments
        | result  | environment | finished           |
        | SUCCESS | production  | 1 day ago at 09:00 |

  @checklist:19.5 @browser
  Rule: The dashboards show every collected deployment

    Background:
      Given the admin can log in to Grafana
      And every panel queries the database of the service

    @through-argocd
    Scenario: The dashboards show the deployment through ArgoCD
      Given the test application was deployed through ArgoCD
      And the deployment is collected within the deadline
      Then the dashboards show the deployment

    Scenario: The dashboards show the deployments reported by webhook
      Given these deployments were reported
        | id | finished            |
        | d1 | 4 days ago at 09:00 |
        | d2 | 3 days ago at 09:00 |
        | d3 | 3 days ago at 15:00 |
      When the service has collected the data
      Then the dashboards show 3 deployments over the last 7 days

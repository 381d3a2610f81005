@section:1
Feature: Secrets
  The passwords and tokens of the service come from the secrets manager by way of External Secrets; on a development
  platform they may have been created by hand instead.

  Rule: With External Secrets, every secret comes from the secrets manager and stays in sync

    @checklist:1.2
    Scenario Outline: The ExternalSecret for the <secrets> secrets exists
      Then the ExternalSecret for the <secrets> secrets exists

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

    @checklist:1.1
    Scenario Outline: The secrets manager holds the <secrets> secrets
      Given the ExternalSecret for the <secrets> secrets exists
      And the secret store behind the <secrets> secrets is ready
      Then the <secrets> secrets were read from the secrets manager and are refreshed

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

    @checklist:1.3
    Scenario Outline: The <secrets> secrets are synced and hold every key
      Given the ExternalSecret for the <secrets> secrets exists
      Then that ExternalSecret writes the <secrets> secrets
      And the <secrets> secrets hold a real value for every key

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

  Rule: Without External Secrets, the same secrets were created by hand

    @checklist:1.4
    Scenario Outline: The <secrets> secrets were created by hand
      Then the <secrets> secrets hold a real value for every key

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

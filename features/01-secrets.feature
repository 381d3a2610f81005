@section:1
Feature: Secrets
  The service takes its passwords and tokens from the secrets manager through External Secrets, or from secrets created by
  hand on a development platform. This section checks that every secret is complete and stays in sync.

  Rule: External Secrets copies every secret from the secrets manager and keeps it in sync

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
      And the secret store for the <secrets> secrets is ready
      Then the <secrets> secrets were read from the secrets manager and are refreshed

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

    @checklist:1.3
    Scenario Outline: The <secrets> secrets are synced and complete
      Given the ExternalSecret for the <secrets> secrets exists
      Then the ExternalSecret writes the <secrets> secrets
      And the <secrets> secrets hold a real value for every key
      And the running pods use the current <secrets> secrets

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

  Rule: Without External Secrets, the same secrets were created by hand

    @checklist:1.4
    Scenario Outline: The <secrets> secrets were created by hand
      Then the <secrets> secrets hold a real value for every key
      And the running pods use the current <secrets> secrets

      Examples:
        | secrets  |
        | service  |
        | database |
        | Grafana  |

@section:7
Feature: REST API
  Other tools query the service over REST. This section checks that callers with a valid token get the projects, and that
  every refusal follows the documentation.

  Background:
    Given the lake can be reached

  @checklist:7.1
  Scenario: The service answers a ping
    Then the service answers a ping with pong

  @checklist:7.2
  Scenario: The service reports its version
    Then the service reports its version

  Rule: Only a caller with a valid token gets the projects

    @checklist:7.3
    Scenario: A caller with a valid token gets the projects
      Then a caller with a valid token gets the projects

    @checklist:7.3
    Scenario Outline: A caller with <token> is refused
      Then a caller with <token> is refused and gets no data

      Examples:
        | token         |
        | no token      |
        | a wrong token |

    @checklist:7.3 @expired-token
    Scenario: A caller with an expired token is refused
      Then a caller with an expired token is refused and gets no data

  Rule: A request with a valid token gets the documented answer

    Background:
      Given a caller with a valid token gets the projects

    @checklist:7.3
    Scenario Outline: A request for <request> is refused with a reason
      Then a request for <request> is refused with the documented error

      Examples:
        | request             |
        | an unknown project  |
        | an empty time range |

    @checklist:7.3
    Scenario: The list of projects is complete
      Given the events of the projects can be read
      Then REST lists every project that has settings or recent deployments

    @checklist:7.3
    Scenario: The rate limit counts down with each request
      Then each answer reports how many requests are left, and the number goes down

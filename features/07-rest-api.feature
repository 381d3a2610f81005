@section:7
Feature: REST API
  Other tools ask the service over REST. It answers those who have a token, and tells the others why it does not.

  Background:
    Given the lake can be reached

  @checklist:7.1
  Scenario: The service answers a ping
    Then the service answers a ping with pong

  @checklist:7.2
  Scenario: The service says its version
    Then the service answers its version

  @checklist:7.3
  Scenario: The projects are given to a caller with the token
    Then a caller with the token is given the projects

  @checklist:7.3
  Scenario Outline: The projects are refused to a caller with <token> token
    Then a caller with <token> token is refused and given no data

    Examples:
      | token |
      | no    |
      | wrong |

  @checklist:7.3 @expired-token
  Scenario: The projects are refused to a caller with an expired token
    Then a caller with expired token is refused and given no data

  @checklist:7.3
  Scenario Outline: A question about an <question> is refused with its reason
    Given a caller with the token is given the projects
    Then a question about an <question> is refused with the documented error

    Examples:
      | question        |
      | unknown project |
      | empty range     |

  @checklist:7.3
  Scenario: What is left of the rate limit is counted down
    Given a caller with the token is given the projects
    Then each answer says how many requests are left, and they become fewer

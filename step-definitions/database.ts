import { Then } from '@cucumber/cucumber'
import { expectColumns, expectDatabase, expectIndexes, expectLogin, expectTable } from '../support/checks/database'
import type { AcceptanceWorld } from '../support/glue/world'
import type { DatabaseUser } from '../support/service/database-credentials'

Then('MySQL accepts the password of the {databaseUser} user', function (this: AcceptanceWorld, user: DatabaseUser) {
  return expectLogin(this.platform, user)
})

Then('the database exists and holds any text', function (this: AcceptanceWorld) {
  return expectDatabase(this.platform)
})

Then('the table {string} exists and holds any text', function (this: AcceptanceWorld, table: string) {
  return expectTable(this.platform, table)
})

Then('the table {string} has exactly the documented columns', function (this: AcceptanceWorld, table: string) {
  return expectColumns(this.platform, table)
})

Then('the table {string} has the documented indexes', function (this: AcceptanceWorld, table: string) {
  return expectIndexes(this.platform, table)
})

import { Then } from '@cucumber/cucumber'
import { expectColumns, expectDatabase, expectIndexes, expectLogin, expectTable } from '../support/checks/database'
import { expectWritable } from '../support/checks/database-writes'
import type { AcceptanceWorld } from '../support/glue/world'
import type { DatabaseUser } from '../support/service/database-credentials'

Then('MySQL accepts the password of the {databaseUser} user', function (this: AcceptanceWorld, user: DatabaseUser) {
  return expectLogin(this.platform, user)
})

Then('the database exists and can store any Unicode text', function (this: AcceptanceWorld) {
  return expectDatabase(this.platform)
})

Then('MySQL lets the service write to it', function (this: AcceptanceWorld) {
  return expectWritable(this.platform)
})

Then('the {string} table exists and can store any Unicode text', function (this: AcceptanceWorld, table: string) {
  return expectTable(this.platform, table)
})

Then('the {string} table has exactly the documented columns', function (this: AcceptanceWorld, table: string) {
  return expectColumns(this.platform, table)
})

Then('the {string} table has the documented indexes', function (this: AcceptanceWorld, table: string) {
  return expectIndexes(this.platform, table)
})

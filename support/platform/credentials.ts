/** A user of the database, the password, and where the password came from. */
export interface Credentials {
  readonly user: string
  readonly password: string
  /** The source of the password, for messages: "Secret fawkes/devlake-db, key mysql-password". */
  readonly source: string
  /** Returns a user who may read the accounts, to explain why this one is refused; absent if there is none. */
  readonly administrator?: () => Promise<Credentials>
}

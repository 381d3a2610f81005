/**
 * Stand-in for the users, sessions and failed logins in Grafana's own database. As in Grafana, the admin's password comes from
 * the environment only when the database is created.
 */
import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'

const role = z.enum(['Viewer', 'Editor', 'Admin'])
export type Role = z.infer<typeof role>

const schema = z.object({
  users: z.array(
    z.object({
      id: z.number(),
      login: z.string(),
      email: z.string(),
      role,
      salt: z.string(),
      password: z.string(),
    }),
  ),
  /** Failed logins of existing users, with their time in milliseconds since 1970. */
  attempts: z.array(z.object({ login: z.string(), at: z.number() })),
})
type Stored = z.infer<typeof schema>
export type User = Stored['users'][number]

const attemptsAllowed = 5
const attemptsWindow = 5 * 60_000

const hashOf = (password: string, salt: string): string =>
  pbkdf2Sync(password, salt, 10_000, 50, 'sha256').toString('hex')

export class Accounts {
  private readonly sessions = new Map<string, number>()

  constructor(
    private readonly file: string,
    adminPassword: string,
    private readonly now: () => number = Date.now,
  ) {
    if (existsSync(file)) return
    const salt = randomBytes(8).toString('hex')
    const admin = { id: 1, login: 'admin', email: 'admin@localhost', role: role.enum.Admin, salt }
    this.write({ users: [{ ...admin, password: hashOf(adminPassword, salt) }], attempts: [] })
  }

  /**
   * The user with this login or email address and this password. Five wrong passwords within five minutes lock the user out.
   * Attempts with unknown users are not counted.
   */
  authenticated(name: string, password: string): User | undefined {
    const stored = this.read()
    const login = name.toLowerCase()
    const recent = stored.attempts.filter(({ at }) => at > this.now() - attemptsWindow)
    if (recent.filter((attempt) => attempt.login === login).length >= attemptsAllowed) return undefined
    if (password === '') return undefined
    const user = stored.users.find((candidate) => candidate.login === login || candidate.email === login)
    if (user === undefined) return undefined
    if (timingSafeEqual(Buffer.from(hashOf(password, user.salt)), Buffer.from(user.password))) {
      if (recent.some((attempt) => attempt.login === login)) {
        this.write({ ...stored, attempts: recent.filter((attempt) => attempt.login !== login) })
      }
      return user
    }
    this.write({ ...stored, attempts: [...recent, { login, at: this.now() }] })
    return undefined
  }

  changePassword(id: number, password: string): boolean {
    const stored = this.read()
    if (!stored.users.some((user) => user.id === id)) return false
    const salt = randomBytes(8).toString('hex')
    const users = stored.users.map((user) =>
      user.id === id ? { ...user, salt, password: hashOf(password, salt) } : user,
    )
    this.write({ ...stored, users })
    for (const [token, owner] of this.sessions) if (owner === id) this.sessions.delete(token)
    return true
  }

  open({ id }: User): string {
    const token = randomBytes(16).toString('hex')
    this.sessions.set(token, id)
    return token
  }

  close(token: string): void {
    this.sessions.delete(token)
  }

  ofSession(token: string): User | undefined {
    const id = this.sessions.get(token)
    return id === undefined ? undefined : this.read().users.find((user) => user.id === id)
  }

  private read(): Stored {
    return readJson(this.file, schema, 'Delete the file and restart Grafana to create the admin again.')
  }

  private write(stored: Stored): void {
    writeWhole(this.file, JSON.stringify(stored, undefined, 2))
  }
}

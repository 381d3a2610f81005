/**
 * Stand-in for the users, sessions and failed logins that Grafana keeps in its own database. The admin's password is taken
 * from the environment when that database is new, and never again, as in Grafana.
 */
import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeWhole } from '../basis/files'

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
  /** Wrong passwords of existing users, by the time of the attempt in milliseconds. */
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
   * The user with this name or address and password. After five wrong passwords within five minutes nobody gets in under that
   * name. A name that does not exist is not counted.
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
    return schema.parse(JSON.parse(readFileSync(this.file, 'utf8')))
  }

  private write(stored: Stored): void {
    writeWhole(this.file, JSON.stringify(stored, undefined, 2))
  }
}

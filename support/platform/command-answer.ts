/** The end of a command that was run inside a pod. */
export interface CommandAnswer {
  /** Such as "wget -q -O - http://devlake-lake:8080/api/ping". */
  readonly command: readonly string[]
  readonly ok: boolean
  readonly stdout: string
  /** The error output of the command and the reason from the cluster; empty if the command succeeded. */
  readonly complaint: string
}

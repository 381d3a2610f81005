/** The contract's errors: `{"error": {"code", "message", "details"}}` with the HTTP status of the code. */

const statuses = {
  INVALID_REQUEST: 400,
  INVALID_TIME_RANGE: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  INVALID_PROJECT: 404,
  NO_DATA: 404,
  NOT_FOUND: 404,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
} as const

export type ErrorCode = keyof typeof statuses

/** An error response. The caller sees its message and details. */
export class ServiceError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
  }

  get status(): number {
    return statuses[this.code]
  }

  get body(): { error: { code: ErrorCode; message: string; details: Readonly<Record<string, unknown>> } } {
    return { error: { code: this.code, message: this.message, details: this.details } }
  }
}

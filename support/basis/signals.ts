/** The signals by which a person, another process or a closed terminal ends a program. */
export const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

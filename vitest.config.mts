import { defineConfig } from 'vitest/config'

/** The service's tests need MariaDB; those of the sandbox and of whole runs need the running sandbox, one at a time. */
const needing = {
  service: ['tests/service/**/*.test.ts'],
  sandbox: ['tests/sandbox/**/*.test.ts', 'tests/acceptance/**/*.test.ts'],
}

/** Properties are tried with the same values each time, so that a red run can be repeated and a green one means the same. */
const setupFiles = ['tests/fixtures/property-seed.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['tests/**/*.test.ts'],
          exclude: [...needing.service, ...needing.sandbox],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'service',
          setupFiles,
          include: needing.service,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'sandbox',
          setupFiles,
          include: needing.sandbox,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})

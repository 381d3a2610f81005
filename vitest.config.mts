import { defineConfig } from 'vitest/config'

/** Test files by the requirement in their suffix: MariaDB, or the running sandbox, which serves one test at a time. */
const needing = {
  mariadb: ['tests/**/*.mariadb.test.ts'],
  sandbox: ['tests/**/*.sandbox.test.ts'],
}

/** Property tests use the same values in every run, so that a failure can be reproduced. */
const setupFiles = ['tests/fixtures/property-seed.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['tests/**/*.test.ts'],
          exclude: [...needing.mariadb, ...needing.sandbox],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'mariadb',
          setupFiles,
          include: needing.mariadb,
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

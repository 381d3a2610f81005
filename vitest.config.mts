import { defineConfig } from 'vitest/config'

/** The suffix of a test says what it needs: MariaDB, or the running sandbox, which serves one test at a time. */
const needing = {
  mariadb: ['tests/**/*.mariadb.test.ts'],
  sandbox: ['tests/**/*.sandbox.test.ts'],
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

import { defineConfig } from 'vitest/config'

/** Test files by the requirement in their suffix: MariaDB, the running sandbox, or one with the real controllers. */
const needing = {
  mariadb: ['tests/**/*.mariadb.test.ts'],
  // These serve one test at a time.
  sandbox: ['tests/**/*.sandbox.test.ts'],
  real: ['tests/**/*.real.test.ts'],
  platforms: ['tests/**/*.platforms.test.ts'],
}

/** Property tests use the same values in every run, so that a failure can be reproduced. */
const setupFiles = ['tests/fixtures/property-seed.ts']

export default defineConfig({
  test: {
    // One worker for each processor: by default, one processor is left to the test runner, which hardly uses it.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['tests/**/*.test.ts'],
          exclude: Object.values(needing).flat(),
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'mariadb',
          setupFiles,
          include: needing.mariadb,
          testTimeout: 300_000,
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
      {
        test: {
          name: 'platforms',
          include: needing.platforms,
          testTimeout: 900_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'real',
          setupFiles,
          globalSetup: ['tests/real/sandbox.ts'],
          include: needing.real,
          testTimeout: 900_000,
          hookTimeout: 3_600_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})

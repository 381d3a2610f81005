/** Cucumber's own configuration: `npx cucumber-js` and editors use it, and so does the run in support/acceptance.ts. */
module.exports = {
  default: {
    requireModule: ['ts-node/register'],
    require: ['support/world.ts', 'support/hooks.ts', 'support/parameter-types.ts', 'step-definitions/**/*.ts'],
    strict: true,
  },
}

/** Starts the sandbox with the real controllers before the tests that need it, and stops it after them. */
import { sandboxDown, sandboxUp } from '../../faults/runs/sandbox'

export const setup = () => sandboxUp({}, ['--real'])
export const teardown = () => sandboxDown()

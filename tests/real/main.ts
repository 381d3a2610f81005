/** `npm run test:real`: the suite and its faults on the real controllers. */
import { runProject } from '../run-project'

void runProject('real', 'runs the suite and its faults on the real controllers, in about half an hour')

/** `npm run test:platforms`: init and run on each platform of the sandbox. */
import { runProject } from '../run-project'

void runProject('platforms', 'runs init and the suite on each platform of the sandbox that differs')

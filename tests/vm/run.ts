/** `node tests/vm/run.ts [FILTER…]`: tests the camera addon on a real kernel driver; the exit code is the tests' own. */
import { runDriverSuite } from './suite.ts';

process.exitCode = await runDriverSuite(process.argv.slice(2));

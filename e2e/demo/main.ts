import { join } from 'node:path';
import { type Deployment, openDeployment, startDeployment } from '../testing/deployment.ts';
import { HopFailed, walkTheRoad } from './road.ts';

/** `npm run demo`: the main job with every hop narrated and timed. Exits 0, or 1 with the hop that failed. */
async function main(): Promise<number> {
  const running = await openDeployment(join(process.cwd(), '.waypost'));
  let deployment: Deployment;
  if (running === undefined) {
    console.log('No deployment is running here: starting one in a temporary folder …');
    deployment = await startDeployment();
  } else {
    console.log('Using the deployment that is running here.');
    deployment = running;
  }
  try {
    await walkTheRoad(deployment, (line) => console.log(line));
    console.log('\nThe main job works, end to end.');
    return 0;
  } catch (error) {
    if (!(error instanceof HopFailed)) throw error;
    console.error(`\nFAILED at the hop "${error.hop}": ${error.message}`);
    return 1;
  } finally {
    await deployment.dispose();
  }
}

process.exitCode = await main();
process.disconnect?.();

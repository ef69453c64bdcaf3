import { afterAll } from 'vitest';
import { checkWrittenEvents } from './written-events.ts';

afterAll(checkWrittenEvents);

import type { App } from '../../http/app.ts';
import { getEventSample } from './get-event-sample.ts';
import { listEvents } from './list-events.ts';

export function registerEvents(app: App): void {
  listEvents(app);
  getEventSample(app);
}

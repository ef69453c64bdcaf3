import { sql } from 'drizzle-orm';
import { boolean, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Country } from '../../../shared/recipient.ts';
import { counter, createdAt, moment, updatedAt } from './columns.ts';

/** One tenant. */
export const workspaces = pgTable('workspaces', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  tier: text('tier', { enum: ['basic', 'pro', 'max'] })
    .notNull()
    .default('basic'),
  /** Overrides the tier's number of sessions; null = the tier's, UNLIMITED_SESSIONS = no limit. */
  maxSessions: integer('max_sessions'),
  isActive: boolean('is_active').notNull().default(true),
  defaultSessionId: text('default_session_id'),
  region: text('region'),
  /** Where phone numbers without country code are at home, if anywhere. */
  defaultCountry: text('default_country').$type<Country>(),
  /** IANA name. */
  timeZone: text('time_zone').notNull().default('UTC'),
  /** `HH:MM` in the time zone: when expired media leaves. */
  cleanupTime: text('cleanup_time').notNull().default('00:00'),
  /** The next time that it comes round; null = not worked out since the settings changed. */
  nextCleanupAt: moment('next_cleanup_at'),
  mediaRetentionHours: integer('media_retention_hours').notNull().default(24),
  /** 0 = content is erased as soon as nothing needs it. */
  contentRetentionDays: integer('content_retention_days').notNull().default(1),
  /** Whoever writes one of these, and nothing else, opts out. As `stopWordOf` gives them. */
  stopWords: text('stop_words')
    .array()
    .notNull()
    .default(sql`'{}'`),
  /** Whoever writes to a session becomes a lead. */
  captureLeads: boolean('capture_leads').notNull().default(false),
  /** Pacing of sessions that are created without their own; null = the product's. */
  minIntervalMs: integer('min_interval_ms'),
  jitterMs: integer('jitter_ms'),
  /** Number of the last event. Raised inside the statement that writes the event, so that order = commit order. */
  eventSeq: counter('event_seq').notNull().default(0),
  /** The highest number of an event that is no longer kept; 0 = all are. */
  eventsPrunedTo: counter('events_pruned_to').notNull().default(0),
  /** Until then somebody listens to its events, so that its hub is to be woken; null = nobody did so far. */
  realtimeUntil: moment('realtime_until'),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

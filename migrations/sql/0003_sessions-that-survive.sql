CREATE TABLE "fleet_claims" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"claimed_until" timestamp (3) with time zone NOT NULL,
	"again" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fleet_machines" (
	"id" text PRIMARY KEY NOT NULL,
	"machine_id" text,
	"region" text NOT NULL,
	"image" text NOT NULL,
	"desired" text NOT NULL,
	"desired_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"reason" text NOT NULL,
	"refusal" text,
	"busy_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"silent_since" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fleet_state" (
	"id" integer PRIMARY KEY NOT NULL,
	"takeover_not_before" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_credentials" (
	"object_key" text PRIMARY KEY NOT NULL,
	"session_id" text,
	"workspace_id" text,
	"version" integer NOT NULL,
	"base_version" integer NOT NULL,
	"epoch" integer NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"pre_upgrade" text,
	"format" integer NOT NULL,
	"inline_bytes" "bytea",
	"sha256" text,
	"size_bytes" bigint NOT NULL,
	"content_bytes" bigint,
	"wrapped_key" text NOT NULL,
	"master_key_version" text NOT NULL,
	"chromium_major" integer,
	"phone_number" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"quarantined_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "lease_history" ADD COLUMN "ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "runners" ADD COLUMN "pid" integer;--> statement-breakpoint
ALTER TABLE "session_leases" ADD COLUMN "start_failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "session_leases" ADD COLUMN "failing_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "session_leases" ADD COLUMN "retry_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "session_leases" ADD COLUMN "settled_epoch" integer;--> statement-breakpoint
ALTER TABLE "session_leases" ADD COLUMN "metrics" jsonb;--> statement-breakpoint
ALTER TABLE "session_leases" ADD COLUMN "metrics_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "session_log" ADD COLUMN "attempt" integer;--> statement-breakpoint
ALTER TABLE "session_log" ADD COLUMN "delay_ms" integer;--> statement-breakpoint
ALTER TABLE "session_log" ADD COLUMN "report_id" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "action" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "reconnect_attempt" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "reconnect_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "new_phone_number" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "include_status" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "include_channels" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "proxy_sealed" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "proxy_shown" text;--> statement-breakpoint
ALTER TABLE "session_credentials" ADD CONSTRAINT "session_credentials_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session_credentials" ADD CONSTRAINT "session_credentials_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "fleet_machines_machine" ON "fleet_machines" USING btree ("machine_id");--> statement-breakpoint
CREATE INDEX "fleet_machines_desired" ON "fleet_machines" USING btree ("desired");--> statement-breakpoint
CREATE UNIQUE INDEX "session_credentials_version" ON "session_credentials" USING btree ("session_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "session_credentials_current" ON "session_credentials" USING btree ("session_id") WHERE "session_credentials"."status" = 'current';--> statement-breakpoint
CREATE INDEX "session_credentials_to_purge" ON "session_credentials" USING btree ("created_at") WHERE "session_credentials"."status" not in ('current', 'previous');--> statement-breakpoint
CREATE INDEX "events_live_pairing_code" ON "events" USING btree ("created_at") WHERE "events"."type" = 'session.pairing_code' and "events"."data" ->> 'code' is not null;--> statement-breakpoint
CREATE INDEX "lease_history_at" ON "lease_history" USING btree ("at");--> statement-breakpoint
CREATE INDEX "sessions_phone" ON "sessions" USING btree ("phone_number") WHERE "sessions"."phone_number" is not null;--> statement-breakpoint
ALTER TABLE "session_log" ADD CONSTRAINT "session_log_report_id_unique" UNIQUE("report_id");
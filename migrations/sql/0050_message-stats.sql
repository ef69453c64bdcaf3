CREATE TABLE "message_stats" (
	"workspace_id" text NOT NULL,
	"day" date NOT NULL,
	"session_id" text NOT NULL,
	"type" text NOT NULL,
	"received" bigint DEFAULT 0 NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"delivered" bigint DEFAULT 0 NOT NULL,
	"read" bigint DEFAULT 0 NOT NULL,
	"played" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"unknown" bigint DEFAULT 0 NOT NULL,
	"echoes" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "message_stats_workspace_id_day_session_id_type_pk" PRIMARY KEY("workspace_id","day","session_id","type")
);
--> statement-breakpoint
ALTER TABLE "message_stats" ADD CONSTRAINT "message_stats_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
-- Rows of the day are updated over and over: room on their page lets that be done in place.
ALTER TABLE "message_stats" SET (fillfactor = 50);
--> statement-breakpoint
INSERT INTO "message_stats" ("workspace_id", "day", "session_id", "type",
  "received", "sent", "delivered", "read", "played", "failed", "unknown", "echoes")
SELECT m."workspace_id", (step.at AT TIME ZONE 'UTC')::date, m."session_id", m."type",
  count(*) FILTER (WHERE step.name = 'received'), count(*) FILTER (WHERE step.name = 'sent'),
  count(*) FILTER (WHERE step.name = 'delivered'), count(*) FILTER (WHERE step.name = 'read'),
  count(*) FILTER (WHERE step.name = 'played'), count(*) FILTER (WHERE step.name = 'failed'),
  count(*) FILTER (WHERE step.name = 'unknown'), count(*) FILTER (WHERE step.name = 'echoes')
FROM "messages" m CROSS JOIN LATERAL (VALUES
  ('received', CASE WHEN m."direction" = 'inbound' THEN coalesce(m."sent_at", m."created_at") END),
  ('echoes', CASE WHEN m."written_on" IS NOT NULL THEN m."sent_at" END),
  ('sent', CASE WHEN m."direction" = 'outbound' AND m."written_on" IS NULL THEN m."sent_at" END),
  ('delivered', CASE WHEN m."direction" = 'outbound' AND m."written_on" IS NULL THEN m."delivered_at" END),
  ('read', CASE WHEN m."direction" = 'outbound' AND m."written_on" IS NULL THEN m."read_at" END),
  ('played', CASE WHEN m."direction" = 'outbound' AND m."written_on" IS NULL THEN m."played_at" END),
  ('failed', m."failed_at"),
  ('unknown', CASE WHEN m."status" = 'unknown' THEN m."created_at" END)
) step(name, at)
WHERE step.at IS NOT NULL
GROUP BY 1, 2, 3, 4;

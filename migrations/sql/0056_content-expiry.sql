CREATE TABLE "content_reseal" (
	"table_name" text PRIMARY KEY NOT NULL,
	"key_version" text NOT NULL,
	"after" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "content" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "content_expired_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "content_expired_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "events_with_content" ON "events" USING btree ("workspace_id","created_at") WHERE "events"."content_expired_at" is null and "events"."type" in ('message.received', 'message.echo', 'message.media', 'message.reaction', 'message.poll_vote', 'message.edited', 'group.updated');--> statement-breakpoint
CREATE INDEX "messages_with_content" ON "messages" USING btree ("workspace_id",coalesce("send_at", "created_at")) WHERE "messages"."content_expired_at" is null;
CREATE TABLE "bulks" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"session_id" text NOT NULL,
	"type" text NOT NULL,
	"recipients" integer NOT NULL,
	"left_out" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"cancelled_at" timestamp (3) with time zone
);
--> statement-breakpoint
DROP INDEX "messages_waiting";--> statement-breakpoint
ALTER TABLE "idempotency" ALTER COLUMN "message_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "idempotency" ADD COLUMN "bulk_id" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "bulk_id" text;--> statement-breakpoint
ALTER TABLE "bulks" ADD CONSTRAINT "bulks_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulks" ADD CONSTRAINT "bulks_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bulks_session" ON "bulks" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "bulks_created" ON "bulks" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
ALTER TABLE "idempotency" ADD CONSTRAINT "idempotency_bulk_id_bulks_id_fk" FOREIGN KEY ("bulk_id") REFERENCES "public"."bulks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_bulk_id_bulks_id_fk" FOREIGN KEY ("bulk_id") REFERENCES "public"."bulks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_bulk" ON "idempotency" USING btree ("bulk_id") WHERE "idempotency"."bulk_id" is not null;--> statement-breakpoint
CREATE INDEX "messages_bulk" ON "messages" USING btree ("bulk_id","created_at","id") WHERE "messages"."bulk_id" is not null;--> statement-breakpoint
CREATE INDEX "messages_waiting" ON "messages" USING btree ("session_id","queue_seq","bulk_id") WHERE "messages"."status" in ('queued', 'sending');--> statement-breakpoint
ALTER TABLE "idempotency" ADD CONSTRAINT "idempotency_made_one" CHECK (num_nonnulls("idempotency"."message_id", "idempotency"."bulk_id") = 1);
CREATE TABLE "metric_totals" (
	"name" text NOT NULL,
	"label" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "metric_totals_name_label_since_pk" PRIMARY KEY("name","label","since")
);
--> statement-breakpoint
CREATE INDEX "deliveries_dead" ON "deliveries" USING btree ("finished_at") WHERE "deliveries"."status" = 'failed';--> statement-breakpoint
CREATE INDEX "message_stats_day" ON "message_stats" USING btree ("day");--> statement-breakpoint
CREATE INDEX "sessions_statuses" ON "sessions" USING btree ("mode","status") WHERE "sessions"."archived_at" is null;
CREATE TABLE "webhook_health" (
	"endpoint_id" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"latency_class" integer NOT NULL,
	"succeeded" integer NOT NULL,
	"failed" integer NOT NULL,
	CONSTRAINT "webhook_health_endpoint_id_hour_latency_class_pk" PRIMARY KEY("endpoint_id","hour","latency_class")
);
--> statement-breakpoint
ALTER TABLE "webhook_health" ADD CONSTRAINT "webhook_health_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_health_hour" ON "webhook_health" USING btree ("hour");
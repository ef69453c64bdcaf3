CREATE TABLE "person_ids" (
	"session_id" text NOT NULL,
	"lid" text NOT NULL,
	"phone_id" text,
	"chat_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "person_ids_session_id_lid_pk" PRIMARY KEY("session_id","lid")
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "phone_seen_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "phone_unseen_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "person_ids" ADD CONSTRAINT "person_ids_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "person_ids_phone" ON "person_ids" USING btree ("session_id","phone_id") WHERE "person_ids"."phone_id" is not null;
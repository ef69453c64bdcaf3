DROP INDEX "session_log_session";--> statement-breakpoint
CREATE INDEX "session_leases_stopped" ON "session_leases" USING btree ("session_id") WHERE "session_leases"."desired" = 'stopped';--> statement-breakpoint
CREATE INDEX "session_log_entries" ON "session_log" USING btree ("session_id","id");--> statement-breakpoint
CREATE INDEX "session_log_states" ON "session_log" USING btree ("session_id","at") WHERE "session_log"."attempt" is null;--> statement-breakpoint
CREATE INDEX "session_log_at" ON "session_log" USING btree ("at");
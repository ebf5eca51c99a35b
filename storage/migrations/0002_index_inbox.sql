-- The inbox: one member's cases, newest day first, ties by case. Without it a page of 50 read every
-- grant of every case (they lie in the order of cases, with their sealed bytes between them).
CREATE INDEX case_grant_inbox ON case_grant (member_id, received_day, case_id);

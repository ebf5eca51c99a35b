/// Realistic rows of older versions, as SQL, since the code that wrote them is gone. One entry per
/// version: what a database of that version held that an older one could not.
#pragma once

#include <string>
#include <vector>

namespace tillit::storage::test {

struct OldRows {
    int version;
    const char* sql;
};

inline const std::vector<OldRows>& old_rows() {
    static const std::vector<OldRows> all = {{1, R"sql(
INSERT INTO organisation VALUES (1, randomblob(16), 'Eksempel kommune', 0, 524288000,
    randomblob(32), 'Ring 116 117');
INSERT INTO signers_note VALUES (0, 'note 0');
INSERT INTO directory VALUES (1, 'directory 1'), (2, 'directory 2');
INSERT INTO member VALUES
    (x'01000000000000000000000000000000', randomblob(16), 'ingrid', 'Ingrid Ås', 'Internrevisjon',
     'investigator', 1, 'active', zeroblob(1216), zeroblob(32), NULL, NULL),
    (x'02000000000000000000000000000000', randomblob(16), 'kari', 'Kari', 'Arkiv',
     'custodian', 0, 'invited', x'', x'', randomblob(32), 1800000000);
INSERT INTO member_secret VALUES (x'01000000000000000000000000000000', randomblob(32),
    randomblob(200), 3, randomblob(32), randomblob(200), 1);
INSERT INTO console_session VALUES (randomblob(32), x'01000000000000000000000000000000', 1800000000,
    1800000100, randomblob(32));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
INSERT INTO "case" SELECT unhex(printf('%064x', i * 7919)), randomblob(32),
    CASE i % 3 WHEN 0 THEN 'closed' WHEN 1 THEN 'received' ELSE 'investigating' END,
    20000 + i % 40, 20007 + i % 40, 20090 + i % 40, CASE WHEN i % 3 = 1 THEN NULL ELSE 20005 + i % 40
    END, NULL, 2, NULL, NULL, 0 FROM n;
INSERT INTO case_key SELECT random(), case_id, randomblob(1216), randomblob(1216), randomblob(32) FROM "case";
INSERT INTO case_grant SELECT random(), case_id, x'01000000000000000000000000000000', received_day,
    randomblob(5800) FROM "case";
INSERT INTO case_identity SELECT random(), case_id, randomblob(5800) FROM "case";
INSERT INTO envelope SELECT random(), case_id, 1, zeroblob(16), 1, zeroblob(32), randomblob(32), received_day,
    randomblob(5800) FROM "case";
INSERT INTO envelope SELECT random(), case_id, 2, x'01000000000000000000000000000000', 1, zeroblob(32),
    randomblob(32), received_day + 3, randomblob(18000) FROM "case";
INSERT INTO read_mark SELECT case_id, x'01000000000000000000000000000000', 1 FROM "case"
    WHERE state = 'closed';
INSERT INTO attachment SELECT substr(case_id, 17), case_id, NULL, 70000 FROM "case"
    WHERE received_day = 20001;
INSERT INTO attachment VALUES (randomblob(16), NULL, 20001, NULL);
INSERT INTO attachment_piece SELECT random(), attachment_id, 0, randomblob(70000) FROM attachment;
)sql"},
                                             {3, R"sql(
INSERT INTO identity_request SELECT substr(case_id, 17), case_id, 1, x'01000000000000000000000000000000',
    x'02000000000000000000000000000000', received_day + 4, 'disclosed', received_day + 5, 2 FROM "case"
    WHERE state = 'investigating';
INSERT INTO identity_request SELECT randomblob(16), case_id, 2, from_member, custodian, day + 6, 'open', NULL, 0
    FROM identity_request;
INSERT INTO identity_letter SELECT random(), request_id, 'request', 1, custodian, day, randomblob(5755)
    FROM identity_request;
INSERT INTO identity_letter SELECT random(), request_id, 'opening', 2, custodian, answered_day, randomblob(5755)
    FROM identity_request WHERE state = 'disclosed';
)sql"},
                                             {4, R"sql(
INSERT INTO case_reference SELECT case_id, randomblob(16) FROM "case";
INSERT INTO log_event SELECT received_day, randomblob(32), randomblob(16), '{"t":"event"}' FROM "case";
INSERT INTO log_event VALUES (20001, randomblob(32), NULL, NULL);
INSERT INTO case_opening SELECT case_id, x'01000000000000000000000000000000' FROM "case"
    WHERE state = 'closed';
INSERT INTO log_day VALUES (20000, randomblob(32), randomblob(32), 'checkpoint');
)sql"},
                                             {5, R"sql(
INSERT INTO witness_mail VALUES (1, 20045, 1731913200);
)sql"},
                                             {6, R"sql(
INSERT INTO case_epoch SELECT case_id, 1 + received_day % 31, CASE WHEN state = 'closed' THEN randomblob(32)
    ELSE x'' END FROM "case" WHERE state <> 'received';
INSERT INTO epoch_grant SELECT random(), case_id, epoch, zeroblob(16), randomblob(5755) FROM case_epoch;
INSERT INTO epoch_grant SELECT random(), case_id, epoch, x'01000000000000000000000000000000', randomblob(5755)
    FROM case_epoch;
INSERT INTO ended_grant SELECT random(), case_id, x'01000000000000000000000000000000', randomblob(5755)
    FROM case_epoch;
INSERT INTO closed_door SELECT case_id FROM "case" WHERE received_day = 20003;
)sql"},
                                             {7, R"sql(
INSERT INTO note SELECT random(), case_id, 1, 0, x'01000000000000000000000000000000', 1, zeroblob(32),
    randomblob(32), received_day + 1, randomblob(5755) FROM "case" WHERE state = 'investigating';
INSERT INTO handling_grant SELECT random(), case_id, epoch, author, randomblob(5755) FROM note;
INSERT INTO handling_grant SELECT random(), case_id, epoch, author, randomblob(5755) FROM note;
)sql"}};
    return all;
}

}  // namespace tillit::storage::test

// Writes the vectors of crypto/ to a directory: the same bytes on every run (README.md).
#include <fstream>
#include <iostream>

#include "tests/vectors/generate/parts.h"

namespace {

bool write(const std::string& directory, const std::string& name, const tillit::test::Json& json) {
    std::ofstream out(directory + "/" + name + ".json", std::ios::binary);
    out << json.dump(1) << '\n';
    out.close();
    return out.good();
}

}  // namespace

int main(int argc, char** argv) {
    using namespace tillit::test;
    if (argc != 2) {
        std::cerr << "usage: generate_vectors DIRECTORY\n";
        return 2;
    }
    tillit::crypto::init();
    const std::string directory = argv[1];
    const bool ok = write(directory, "case_key", case_key_vectors()) &&
                    write(directory, "statement_accept", statement_accept_vectors()) &&
                    write(directory, "statement_reject", statement_reject_vectors()) &&
                    write(directory, "envelope", envelope_vectors()) &&
                    write(directory, "grant", grant_vectors()) &&
                    write(directory, "identity", identity_vectors()) &&
                    write(directory, "attachment", attachment_vectors()) &&
                    write(directory, "disclosure", disclosure_vectors()) &&
                    write(directory, "epoch_grant", epoch_grant_vectors()) &&
                    write(directory, "case_thread", case_thread_vectors()) &&
                    write(directory, "handling_grant", handling_grant_vectors()) &&
                    write(directory, "case_note", case_note_vectors()) &&
                    write(directory, "note_thread", note_thread_vectors()) &&
                    write(directory, "directory", directory_vectors()) &&
                    write(directory, "keyring", keyring_vectors()) &&
                    write(directory, "submission_file", submission_file_vectors()) &&
                    write(directory, "chains", chain_vectors()) &&
                    write(directory, "log", log_vectors());
    if (!ok) std::cerr << "could not write to " << directory << '\n';
    return ok ? 0 : 1;
}

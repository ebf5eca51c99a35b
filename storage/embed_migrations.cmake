# cmake -DOUT=file.cpp -DSQL=a.sql,b.sql -P embed_migrations.cmake
# Turns the migrations into one C++ file, so that the program carries its own schema.
set(text "// Made from storage/migrations/*.sql by embed_migrations.cmake.\n#include \"storage/migrate.h\"\n\n")
string(APPEND text "namespace tillit::storage {\n\nconst std::vector<Migration>& migrations() {\n")
string(APPEND text "    static const std::vector<Migration> all = {\n")
string(REPLACE "," ";" paths "${SQL}")
foreach(path IN LISTS paths)
    get_filename_component(name ${path} NAME_WE)
    file(READ ${path} sql)
    string(APPEND text "        {\"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
string(APPEND text "    };\n    return all;\n}\n\n}  // namespace tillit::storage\n")
file(WRITE ${OUT} "${text}")

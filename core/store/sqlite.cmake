# muistio::sqlite: the one SQLite of the project, SQLite3MultipleCiphers (D13), fetched and checked by .ci/fetch-sqlite. The device's
# store keys it; the server's log uses it unkeyed. Its symbols are hidden in whatever library holds it. Its flags are the same in
# every preset without MUISTIO_SANITIZE_ALL, so that it is compiled once and ccache has it from then on.
execute_process(COMMAND bash ${PROJECT_SOURCE_DIR}/.ci/fetch-sqlite
                OUTPUT_VARIABLE muistio_sqlite_dir OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE muistio_sqlite_failed)
if(muistio_sqlite_failed)
  message(FATAL_ERROR "SQLite3MultipleCiphers is not here and could not be fetched; run .ci/fetch-sqlite to see why")
endif()

add_library(muistio_sqlite STATIC ${muistio_sqlite_dir}/sqlite3.c)
add_library(muistio::sqlite ALIAS muistio_sqlite)
target_include_directories(muistio_sqlite SYSTEM PUBLIC $<BUILD_INTERFACE:${muistio_sqlite_dir}>)
set_target_properties(muistio_sqlite PROPERTIES C_VISIBILITY_PRESET hidden)
target_compile_options(muistio_sqlite PRIVATE -w)
target_compile_definitions(muistio_sqlite PRIVATE
  # One connection, one thread at a time.
  SQLITE_THREADSAFE=2
  # chacha20 and no other cipher.
  CODEC_TYPE=CODEC_TYPE_CHACHA20 HAVE_CIPHER_AES_128_CBC=0 HAVE_CIPHER_AES_256_CBC=0 HAVE_CIPHER_SQLCIPHER=0 HAVE_CIPHER_RC4=0
  HAVE_CIPHER_ASCON128=0 HAVE_CIPHER_AEGIS=0 SQLITE3MC_SECURE_MEMORY=1
  # Nothing leaves memory but through the encrypted file and its log.
  SQLITE_TEMP_STORE=3 SQLITE_SECURE_DELETE
  SQLITE_DEFAULT_SYNCHRONOUS=2 SQLITE_DEFAULT_WAL_SYNCHRONOUS=2
  SQLITE_ENABLE_FTS5 SQLITE_DQS=0 SQLITE_OMIT_LOAD_EXTENSION SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE
  SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_USE_URI=0 SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_DEFAULT_FOREIGN_KEYS=1
  SQLITE_MAX_EXPR_DEPTH=200 SQLITE_TRUSTED_SCHEMA=0)
if(MUISTIO_SANITIZE_ALL)
  target_link_libraries(muistio_sqlite PRIVATE muistio_sanitizers)
endif()
if(NOT EMSCRIPTEN)
  find_package(Threads REQUIRED)
endif()
target_link_libraries(muistio_sqlite PUBLIC Threads::Threads ${CMAKE_DL_LIBS} m)

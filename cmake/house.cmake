# The house, as build rules: a folder below src/ is one library, one namespace, and one unit-test program.
#
#   dure_library(calendar USES base)
#
# builds dure_calendar from every *.cc beside the CMakeLists.txt except *_test.cc, and, from the *_test.cc,
# the program calendar_test, registered with CTest. USES names folders; only the arrows of ARCHITECTURE.md
# may stand there (tests/architecture checks the includes). LINKS names outside libraries.

function(dure_library name)
  cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
  string(REPLACE "/" "_" target ${name})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cc)
  if(tests)
    list(REMOVE_ITEM sources ${tests})
  endif()
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")  # of a dure_program beside the library
  list(TRANSFORM ARG_USES REPLACE "/" "_")
  list(TRANSFORM ARG_USES PREPEND dure_)
  if(sources)
    add_library(dure_${target} STATIC ${sources})
    target_include_directories(dure_${target} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(dure_${target} PUBLIC ${ARG_USES} ${ARG_LINKS})
  else()
    add_library(dure_${target} INTERFACE)
    target_include_directories(dure_${target} INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(dure_${target} INTERFACE ${ARG_USES} ${ARG_LINKS})
  endif()
  if(DURE_TESTS AND tests)
    dure_test(${target}_test ${tests} LINKS dure_${target})
  endif()
endfunction()

# dure_alone(FOLDERS...): their sources are compiled one by one in every preset.
function(dure_alone)
  foreach(folder ${ARGN})
    string(REPLACE "/" "_" target ${folder})
    set_target_properties(dure_${target} PROPERTIES UNITY_BUILD OFF)
  endforeach()
endfunction()

# dure_test(NAME SOURCES... LINKS ...): a GoogleTest program, run by CTest from the source folder's root.
function(dure_test name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)  # what they test is optimised; they need not be
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()

# dure_program(NAME USES ... LINKS ...): a program from every *.cc beside the CMakeLists.txt except *_test.cc and
# those that a dure_library of the same folder already took (put the library in a subfolder instead).
function(dure_program name)
  cmake_parse_arguments(ARG "" "" "USES;LINKS;SOURCES" ${ARGN})
  list(TRANSFORM ARG_USES REPLACE "/" "_")
  list(TRANSFORM ARG_USES PREPEND dure_)
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LINKS})
endfunction()

# dure_fuzz(NAME SOURCE USES ...): a libFuzzer target under ASan and UBSan; only in the asan preset (clang).
function(dure_fuzz name source)
  cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
  if(NOT DURE_FUZZ)
    return()
  endif()
  dure_alone(${ARG_USES})  # a planted bug takes the place of one source (tests/fuzz/planted)
  list(TRANSFORM ARG_USES REPLACE "/" "_")
  list(TRANSFORM ARG_USES PREPEND dure_)
  add_executable(${name} ${source})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LINKS})
endfunction()

// Asio's and Beast's own sources, compiled once for the server.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>

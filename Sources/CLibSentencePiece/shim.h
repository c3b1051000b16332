#pragma once
// libsentencepiece has C++ headers only: this module gives its compiler and linker flags, CSentencePiece includes them.

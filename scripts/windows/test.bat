@echo off
call "%~dp0..\with_python.bat" test %*
exit /b %ERRORLEVEL%

@echo off
call "%~dp0..\with_python.bat" stop %*
exit /b %ERRORLEVEL%

@echo off
call "%~dp0..\with_python.bat" start %*
exit /b %ERRORLEVEL%
